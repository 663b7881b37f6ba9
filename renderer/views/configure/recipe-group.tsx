// Groups and lists of the recipe's form: an optional group has a switch, one of several shapes a choice between them, a list its
// items with what can be done to each. Items of a few fields stand as rows of a table.
import { ActionIcon, Button, Radio, Switch } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconCopy, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useId, useState } from "react";
import { FieldInput, type FormProps, RecipeField } from "./recipe-field.tsx";
import type { Field, FieldGroup, FieldList, FormNode } from "./recipe-fields.ts";
import { duplicated, keyOf, moved, removed, valueAt } from "./recipe-values.ts";

/** Settings that most recipes leave as they are. */
const seldom = new Set(["optimizer"]);

export function RecipeNode({ node, ...form }: FormProps & { node: FormNode }) {
  if (node.type === "field") return <RecipeField field={node} {...form} />;
  if (node.type === "list") return <RecipeList list={node} {...form} />;
  return <RecipeGroup group={node} {...form} />;
}

export function hasProblem(problems: Map<string, string>, path: (string | number)[]): boolean {
  const key = keyOf(path);
  return [...problems.keys()].some((at) => at === key || at.startsWith(`${key}.`));
}

export function RecipeGroup({ group, head, ...form }: FormProps & { group: FieldGroup; head?: ReactNode }) {
  const fields = <GroupBody group={group} {...form} />;
  const section = group.path.length <= 1;
  if (seldom.has(String(group.path[group.path.length - 1])))
    return (
      <Seldom label={group.label} needed={hasProblem(form.problems, group.path)}>
        {fields}
      </Seldom>
    );
  return (
    <fieldset className="fieldset" id={section ? `section-${keyOf(group.path)}` : undefined} data-section={section}>
      <legend>
        {group.optional === undefined ? (
          <span>{group.label}</span>
        ) : (
          <Presence group={group} optional={group.optional} change={form.change} />
        )}
        {head}
      </legend>
      {fields}
    </fieldset>
  );
}

/** Closed until it is opened or needed; then it stays open, also where what was wrong in it is not any more. */
function Seldom({ label, needed, children }: { label: string; needed: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="seldom" open={open || needed} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {children}
    </details>
  );
}

/** Whether an optional group is there. */
function Presence({
  group,
  optional,
  change,
}: {
  group: FieldGroup;
  optional: NonNullable<FieldGroup["optional"]>;
  change: FormProps["change"];
}) {
  return (
    <>
      <Switch
        size="xs"
        label={group.label}
        checked={optional.on}
        onChange={(event) => change(group.path, event.currentTarget.checked ? optional.fresh : optional.off)}
      />
      <span className="presence-meaning">{group.meaning}</span>
    </>
  );
}

function GroupBody({ group, ...form }: FormProps & { group: FieldGroup }) {
  const { optional, shapes, path } = group;
  const name = useId();
  const problem = path.length > 0 ? form.problems.get(keyOf(path)) : undefined;
  return (
    <>
      {optional === undefined && group.meaning !== undefined && <p className="dim">{group.meaning}</p>}
      {problem !== undefined && (
        <p className="problem" role="alert" data-field={keyOf(path)}>
          {problem}
        </p>
      )}
      {shapes !== undefined && optional?.on !== false && (
        <Radio.Group
          aria-label={`${group.label}: which`}
          name={name}
          value={String(shapes.at)}
          // What both shapes have, such as a name, is kept.
          onChange={(next) => form.change(path, kept(shapes.options[Number(next)].fresh, valueAt(form.recipe, path)))}
        >
          <span className="shapes">
            {shapes.options.map((option, i) => (
              <Radio key={option.label} size="xs" value={String(i)} label={option.label} />
            ))}
          </span>
        </Radio.Group>
      )}
      {group.children.map((child) => (
        <RecipeNode key={keyOf(child.path)} node={child} {...form} />
      ))}
    </>
  );
}

function kept(fresh: unknown, before: unknown): unknown {
  const name = valueAt(before, ["name"]);
  return typeof name === "string" && valueAt(fresh, ["name"]) !== undefined ? { ...(fresh as object), name } : fresh;
}

/** What can be done to one item of a list. */
interface ItemButtonsProps {
  name: string;
  items: unknown[];
  at: number;
  least: number;
  set: (items: unknown[], at: number) => void;
}

export function ItemButtons({ name, items, at, least, set }: ItemButtonsProps) {
  const button = (label: string, icon: ReactNode, disabled: boolean, act: () => void) => (
    <ActionIcon
      variant="subtle"
      size="sm"
      aria-label={`${label} ${name}`}
      title={`${label} ${name}`}
      disabled={disabled}
      onClick={(event) => {
        event.stopPropagation();
        act();
      }}
    >
      {icon}
    </ActionIcon>
  );
  return (
    <span className="item-buttons">
      {button("Move up", <IconArrowUp size={14} />, at === 0, () => set(moved(items, at, -1), at - 1))}
      {button("Move down", <IconArrowDown size={14} />, at === items.length - 1, () => set(moved(items, at, 1), at + 1))}
      {button("Duplicate", <IconCopy size={14} />, false, () => set(duplicated(items, at), at + 1))}
      {button("Remove", <IconTrash size={14} />, items.length <= least, () => set(removed(items, at), Math.max(0, at - 1)))}
    </span>
  );
}

export function RecipeList({ list, ...form }: FormProps & { list: FieldList }) {
  const items = (valueAt(form.recipe, list.path) ?? []) as unknown[];
  const set = (next: unknown[]) => form.change(list.path, next.length === 0 && list.optional ? undefined : next);
  const problem = form.problems.get(keyOf(list.path));
  const plain = list.items.every(({ children, shapes }) => shapes === undefined && children.length <= 3 && children.every(isNumber));
  const buttons = (at: number) => (
    <ItemButtons name={list.items[at].label} items={items} at={at} least={list.optional ? 0 : list.least} set={set} />
  );
  return (
    <fieldset className="fieldset" id={`section-${keyOf(list.path)}`} data-section={list.path.length === 1}>
      <legend>
        <span>{list.label}</span>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => set(items.length === 0 ? [list.fresh] : duplicated(items, items.length - 1))}
        >
          Add a {list.one}
        </Button>
      </legend>
      {list.meaning !== undefined && <p className="dim">{list.meaning}</p>}
      {problem !== undefined && (
        <p className="problem" role="alert" data-field={keyOf(list.path)}>
          {problem}
        </p>
      )}
      {plain && list.items.length > 0 ? (
        <ItemTable list={list} buttons={buttons} {...form} />
      ) : (
        list.items.map((item, at) => <RecipeGroup key={keyOf(item.path)} group={item} head={buttons(at)} {...form} />)
      )}
    </fieldset>
  );
}

const isNumber = (node: FormNode): node is Field => node.type === "field" && node.input.kind === "number";

function ItemTable({ list, buttons, ...form }: FormProps & { list: FieldList; buttons: (at: number) => ReactNode }) {
  const columns = list.items[0].children.filter(isNumber);
  return (
    <table className="table item-table" aria-label={list.label}>
      <thead>
        <tr>
          <th scope="col">{list.one}</th>
          {columns.map((column) => (
            <th key={column.label} scope="col" title={column.meaning}>
              {column.label}
              {column.unit !== undefined && ` (${column.unit})`}
            </th>
          ))}
          <th scope="col">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {list.items.map((item, at) => (
          <tr key={keyOf(item.path)}>
            <td className="dim">{at + 1}</td>
            {item.children.filter(isNumber).map((field) => {
              const problem = form.problems.get(keyOf(field.path));
              return (
                <td key={keyOf(field.path)} data-field={keyOf(field.path)}>
                  <FieldInput
                    field={{ ...field, unit: undefined }}
                    value={valueAt(form.recipe, field.path)}
                    set={(next) => form.change(field.path, next)}
                    shared={{ "aria-label": `${field.label}, ${item.label}`, error: problem !== undefined }}
                  />
                  {problem !== undefined && (
                    <span className="meaning" data-error="true" role="alert">
                      {problem}
                    </span>
                  )}
                </td>
              );
            })}
            <td>{buttons(at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
