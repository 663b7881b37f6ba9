// A whole number that a view always has: while what is typed is none, the last one holds.
import { NumberInput } from "@mantine/core";
import { useState } from "react";

interface CountInputProps {
  label: string;
  id?: string;
  least: number;
  value: number;
  set: (value: number) => void;
  error?: boolean;
}

export function CountInput({ label, id, least, value, set, error }: CountInputProps) {
  const [typed, setTyped] = useState<number | string | null>(null);
  return (
    <NumberInput
      id={id}
      aria-label={id === undefined ? label : undefined}
      value={typed ?? value}
      onChange={(next) => {
        const whole = Number.isSafeInteger(next) && Number(next) >= least && Number(next) < 1e9;
        setTyped(whole ? null : next);
        if (whole) set(Number(next));
      }}
      onBlur={() => setTyped(null)}
      min={least}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      hideControls
      error={error}
    />
  );
}
