// The head of a view on one study: which study, its seed and status, and what can be done with it.
import { ActionIcon, Select } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { StudyRecord } from "../../main/contract/run.ts";
import { navigate } from "../client/location.ts";
import { useStudies } from "../client/queries.ts";
import { moment } from "./format.ts";
import { inspect } from "./inspector/select.ts";
import { StatusMark } from "./status-mark.tsx";

interface StudyHeadProps {
  study: Pick<StudyRecord, "id" | "name" | "seed" | "status">;
  area: "runs" | "compare" | "inspect";
  children?: ReactNode;
}

export function StudyHead({ study, area, children }: StudyHeadProps) {
  const studies = useStudies();
  // SFT alone measures nothing to compare.
  const shown = (studies.data ?? []).filter((s) => area !== "compare" || s.kind !== "sft");
  const options = shown.map((s) => ({ value: s.id, label: `${s.name}, seed ${s.seed}, ${moment(s.createdAt)}` }));
  return (
    <header className="view-head">
      <h1>{study.name}</h1>
      <ActionIcon
        variant="subtle"
        size="sm"
        aria-label="Study and lineage"
        title="Study and lineage"
        onClick={() => inspect({ kind: "study", studyId: study.id })}
      >
        <IconInfoCircle size={16} />
      </ActionIcon>
      <span className="dim tabular">seed {study.seed}</span>
      <StatusMark status={study.status} />
      <span className="push row">
        {children}
        {options.length > 1 && (
          <Select
            aria-label="Study"
            data={options}
            value={study.id}
            onChange={(id) => id !== null && navigate(`/${area}/${id}`)}
            allowDeselect={false}
            w={320}
            searchable
          />
        )}
      </span>
    </header>
  );
}
