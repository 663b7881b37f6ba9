// A response token by token: shade says log-prob or entropy, hover or arrow keys say the values. Text is shown as text only.
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { TokenRow } from "../../main/contract/api.ts";
import { fixed, percent } from "./format.ts";

export type TokenShade = "logprob" | "entropy";

/** 0..1: how strongly a token is shaded. Surprise and entropy of 2 nats and more are full. */
export function shadeOf(token: Pick<TokenRow, "logprob" | "entropy">, by: TokenShade): number {
  const nats = by === "logprob" ? -token.logprob : token.entropy;
  return Math.max(0, Math.min(1, nats / 2));
}

/** Whitespace and control tokens get a visible form. */
export function visible(text: string): string {
  if (text === "") return "∅";
  return text.replace(/\n/g, "⏎\n").replace(/\t/g, "⇥");
}

export function TokenText({ tokens }: { tokens: TokenRow[] }) {
  const [by, setBy] = useState<TokenShade>("logprob");
  const [active, setActive] = useState<number | null>(null);
  const token = active === null ? undefined : tokens[active];
  return (
    <div className="stack" style={{ gap: 6 }}>
      <div className="row">
        <SegmentedControl
          size="xs"
          aria-label="Shade tokens by"
          value={by}
          onChange={(value) => setBy(value as TokenShade)}
          data={[
            { value: "logprob", label: "Log-prob" },
            { value: "entropy", label: "Entropy" },
          ]}
        />
        <span className="dim">Darker: {by === "logprob" ? "less likely" : "less certain"} (2 nats and more: full)</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a run of tokens is no list of options to choose from */}
      <div
        className="tokens"
        role="group"
        aria-label="Tokens of the response; arrow keys move"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the values
        tabIndex={0}
        onMouseLeave={() => setActive(null)}
        onFocus={() => setActive((at) => at ?? 0)}
        onMouseOver={(event) => {
          const place = event.target instanceof HTMLElement ? event.target.dataset.token : undefined;
          if (place !== undefined) setActive(Number(place));
        }}
        onKeyDown={(event) => {
          const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
          if (by === 0) return;
          event.preventDefault();
          setActive((at) => Math.max(0, Math.min(tokens.length - 1, (at ?? -1) + by)));
        }}
      >
        {tokens.map((t, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place
            key={i}
            className="token"
            data-active={i === active}
            style={{ background: `rgba(var(--token-high), ${(shadeOf(t, by) * 0.5).toFixed(3)})` }}
            data-token={i}
          >
            {visible(t.text)}
          </span>
        ))}
      </div>
      <p className="token-readout" role="status">
        {token === undefined
          ? `${tokens.length} tokens. Point at one to read its values.`
          : `Token ${(active ?? 0) + 1} “${visible(token.text).trimEnd()}” (id ${token.id}): log-prob ${fixed(token.logprob, 3)}, p ${percent(Math.exp(token.logprob))}, entropy ${fixed(token.entropy, 3)} nats`}
      </p>
    </div>
  );
}
