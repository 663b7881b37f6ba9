// A button for what ends for good: it asks first, and names what is lost.
import { Button, type ButtonProps, Popover } from "@mantine/core";
import { useState } from "react";

interface ConfirmProps {
  label: string;
  question: string;
  lost: string;
  act: () => void;
  busy?: boolean;
  size?: ButtonProps["size"];
}

export function Confirm({ label, question, lost, act, busy, size }: ConfirmProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} width={320} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" onClick={() => setOpen(!open)} aria-haspopup="dialog" loading={busy} size={size}>
          {label}…
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={question}>
        <p>
          <b>{question}</b>
        </p>
        <p className="dim">{lost}</p>
        <div className="row" style={{ marginTop: 8 }}>
          <Button
            color="red"
            onClick={() => {
              setOpen(false);
              act();
            }}
          >
            {label}
          </Button>
          <Button variant="default" onClick={() => setOpen(false)}>
            Keep it
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
