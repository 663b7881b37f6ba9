// Jinja as chat templates need it: the library's interpreter, made to give what Python's does where the two differ, and bounded,
// since a template comes with a checkpoint from anywhere. Own here: loops (each pass a scope of its own; what was written before
// break or continue stays), ==, strip with its argument, how None and booleans print. Bounded: steps, the size of any value, and
// the arguments by which one call could write without end.
import { Environment, Interpreter } from "@huggingface/jinja";

type Node = NonNullable<Parameters<Interpreter["evaluate"]>[0]>;
type Value = ReturnType<Interpreter["evaluate"]>;
type Values = Map<string, Value>;

/** About a microsecond each; a hundred turns take some 20,000. */
const maxSteps = 500_000;
/** Of one value: characters of its strings plus one for each element, all levels. */
const maxWeight = 4_000_000;
const maxRange = 10_000;
/** Of an argument of a filter or a string's method, in characters; numbers of filters (an indentation) are bounded apart. */
const maxArgument = 256;
const maxFilterNumber = 64;

/** The template used up what a rendering may use, or does what no chat template needs. */
export class TemplateLimit extends Error {}
/** The template called raise_exception. */
export class TemplateRefusal extends Error {}

/** break and continue on their way to the loop, with what the pass had written. */
class LoopControl extends Error {
  text = "";
  readonly kind: string;
  constructor(kind: string) {
    super(kind);
    this.kind = kind;
  }
}

/** What the place of an expression in the template allows it to be. */
interface Roles {
  filterArguments: Set<Node>;
  methodArguments: Set<Node>;
  callees: Set<Node>;
  /** Of which a member is taken: nothing has none. */
  objects: Set<Node>;
  /** Where a namespace may stand: anywhere else it could become part of itself. */
  namespaces: Set<Node>;
}

export class TemplateInterpreter extends Interpreter {
  private steps = 0;
  private readonly weights = new WeakMap<object, number>();
  private readonly roles: Roles;
  private readonly program: Node & { body: Node[] };

  /** variables: JSON-like values and functions, as the template is to see them beside Jinja's own names. */
  constructor(program: Node, variables: Record<string, unknown>) {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals, ...variables })) environment.set(name, value);
    super(environment);
    this.program = program as Node & { body: Node[] };
    this.roles = rolesOf(program);
  }

  render(): string {
    return this.block(this.program.body, this.global);
  }

  override evaluate(node: Node | undefined, environment: Environment): Value {
    if (!node) return super.evaluate(node, environment);
    this.spend(1);
    const value = this.own(node, environment) ?? super.evaluate(node, environment);
    this.check(node, value);
    return value;
  }

  /** Nodes that are not left to the library. */
  private own(node: Node, environment: Environment): Value | null {
    switch (node.type) {
      case "For":
        return asValue(this.loop(node as ForNode, environment));
      case "If": {
        const { test, body, alternate } = node as Node & { test: Node; body: Node[]; alternate: Node[] };
        return asValue(this.block(isTrue(this.evaluate(test, environment)) ? body : alternate, environment));
      }
      case "Break":
      case "Continue":
        throw new LoopControl(node.type);
      case "BinaryExpression": {
        const { operator, left, right } = node as Node & { operator: { value: string }; left: Node; right: Node };
        if (operator.value !== "==" && operator.value !== "!=") return null;
        const equal = isEqual(this.evaluate(left, environment), this.evaluate(right, environment));
        return asValue(equal === (operator.value === "=="));
      }
      case "FilterExpression": {
        const { operand, filter } = node as Node & { operand: Node; filter: Node & { value: unknown } };
        if (filter.type !== "Identifier" || filter.value !== "trim") return null;
        const value = this.evaluate(operand, environment);
        return asValue(strip(isString(value) ? value.value : printed(value), "strip"));
      }
      case "CallExpression":
        return this.stripCall(node as CallNode, environment);
      default:
        return null;
    }
  }

  private block(statements: Node[], environment: Environment): string {
    let text = "";
    for (const statement of statements) {
      try {
        const value = this.evaluate(statement, environment);
        if (!silent.has(statement.type)) text += this.print(value);
      } catch (thrown) {
        if (thrown instanceof LoopControl) thrown.text = text + thrown.text;
        throw thrown;
      }
    }
    return text;
  }

  private print(value: Value): string {
    this.spend(this.weigh(value) >> 6);
    return printed(value);
  }

  private loop(node: ForNode, environment: Environment): string {
    const select = node.iterable.type === "SelectExpression" ? (node.iterable as Node & { lhs: Node; test: Node }) : null;
    let items = elements(this.evaluate(select ? select.lhs : node.iterable, environment));
    this.spend(items.length);
    if (select) items = items.filter((item) => isTrue(this.evaluate(select.test, this.passScope(node, item, environment))));
    if (items.length === 0) return this.block(node.defaultBlock, environment);
    let text = "";
    for (let i = 0; i < items.length; i++) {
      this.spend(4);
      const scope = this.passScope(node, items[i], environment);
      const position = { index: i + 1, index0: i, revindex: items.length - i, revindex0: items.length - i - 1, length: items.length };
      const loop = scope.set("loop", { ...position, first: i === 0, last: i === items.length - 1 }).value as Values;
      if (i > 0) loop.set("previtem", items[i - 1]);
      if (i < items.length - 1) loop.set("nextitem", items[i + 1]);
      try {
        text += this.block(node.body, scope);
      } catch (thrown) {
        if (!(thrown instanceof LoopControl)) throw thrown;
        text += thrown.text;
        if (thrown.kind === "Break") break;
      }
    }
    return text;
  }

  /** The scope of one pass, with the loop's variables. */
  private passScope({ loopvar }: ForNode, item: Value, environment: Environment): Environment {
    const scope = new Environment(environment);
    if (loopvar.type === "Identifier") scope.setVariable(loopvar.value as string, item);
    else {
      const names = (loopvar.value as (Node & { value: string })[]).map(({ value }) => value);
      const parts = elements(item);
      if (parts.length !== names.length) throw new Error(`cannot unpack ${parts.length} values into ${names.length} names`);
      for (const [i, name] of names.entries()) scope.setVariable(name, parts[i]);
    }
    return scope;
  }

  /** text.strip(characters) and its two siblings; the library takes no characters. Null for another call. */
  private stripCall({ callee, args }: CallNode, environment: Environment): Value | null {
    if (callee.type !== "MemberExpression") return null;
    const { object, property, computed } = callee as Node & { object: Node; property: Node & { value: unknown }; computed: boolean };
    const name = property.value as string;
    if (computed || !/^[lr]?strip$/.test(name) || args.length > 1) return null;
    const text = this.evaluate(object, environment);
    if (!isString(text)) return null; // the library says what is wrong
    const characters = args.length === 1 ? this.evaluate(args[0], environment) : null;
    return asValue(strip(text.value, name, characters && isString(characters) ? characters.value : undefined));
  }

  private spend(steps: number): void {
    this.steps += steps;
    if (this.steps > maxSteps) throw new TemplateLimit("it does not come to an end within the steps a rendering may take");
  }

  private check(node: Node, value: Value): void {
    if (value.type === "UndefinedValue") {
      this.spend(16); // the library looks for it with an exception
      if (this.roles.objects.has(node)) throw new Error("it takes a member of what is not there");
    }
    if (value.type === "FunctionValue" && node.type === "MemberExpression" && !this.roles.callees.has(node))
      throw new TemplateLimit("it takes a method as a value");
    if (value.type === "NamespaceValue" && !this.roles.namespaces.has(node))
      throw new TemplateLimit("it puts a namespace where a value is expected");
    const forFilter = this.roles.filterArguments.has(node);
    if (forFilter || this.roles.methodArguments.has(node)) {
      if (isString(value) && value.value.length > maxArgument) throw new TemplateLimit("the argument of a filter or method is too long");
      if (forFilter && typeof value.value === "number" && Math.abs(value.value) > maxFilterNumber)
        throw new TemplateLimit("the number given to a filter is too large");
    }
    const weight = this.weigh(value);
    if (weight > maxWeight) throw new TemplateLimit(`it makes a value of more than ${maxWeight} characters`);
    if (isString(value)) this.spend(weight >> 6);
    else if (isList(value)) this.spend(value.value.length >> 4);
  }

  /** Values do not change once made, but for namespaces, which are part of no other value: each is weighed once. */
  private weigh(value: Value): number {
    if (isString(value)) return 1 + value.value.length;
    const known = this.weights.get(value);
    if (known !== undefined) return known;
    const parts = isList(value) ? value.value : value.value instanceof Map ? [...value.value.values()] : [];
    let weight = 1;
    for (const part of parts) {
      if (part.type === "NamespaceValue") throw new TemplateLimit("it puts a namespace into a value");
      weight += this.weigh(part);
    }
    if (value.type !== "NamespaceValue") this.weights.set(value, weight);
    return weight;
  }
}

type ForNode = Node & { loopvar: Node & { value: unknown }; iterable: Node; body: Node[]; defaultBlock: Node[] };
type CallNode = Node & { callee: Node; args: Node[] };

/** Statements that print nothing. */
const silent = new Set(["Set", "Macro", "Comment"]);

const globals = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  raise_exception: (message: unknown) => {
    throw new TemplateRefusal(String(message));
  },
  range: (...bounds: number[]) => {
    const [start, stop, step] = bounds.length === 1 ? [0, bounds[0], 1] : [bounds[0], bounds[1], bounds[2] ?? 1];
    const length = Math.max(0, Math.ceil((stop - start) / step));
    if (!(step !== 0 && length <= maxRange)) throw new TemplateLimit(`it asks for a range of more than ${maxRange} numbers`);
    return Array.from({ length }, (_, i) => start + i * step);
  },
};

function rolesOf(program: Node): Roles {
  const roles: Roles = {
    filterArguments: new Set(),
    methodArguments: new Set(),
    callees: new Set(),
    objects: new Set(),
    namespaces: new Set(),
  };
  /** The expression of an argument, positional, by name or spread. */
  const expression = (argument: Node & { value?: unknown; argument?: Node }) =>
    argument.type === "KeywordArgumentExpression" ? (argument.value as Node) : (argument.argument ?? argument);
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) visit(each);
    else if (node instanceof Map) for (const each of node) visit(each);
    if (typeof node !== "object" || node === null || Array.isArray(node) || node instanceof Map) return;
    const { type, object, operand, assignee, value, callee, args, filter } = node as Record<string, Node> & { type: string; args: Node[] };
    if (type === "MemberExpression") {
      roles.objects.add(object);
      roles.namespaces.add(object);
    } else if (type === "TestExpression") roles.namespaces.add(operand);
    else if (type === "Set" && assignee.type === "Identifier" && value) roles.namespaces.add(value);
    else if (type === "CallExpression") {
      roles.callees.add(callee);
      for (const each of args) (callee.type === "Identifier" ? roles.namespaces : roles.methodArguments).add(expression(each));
    } else if (filter?.type === "CallExpression") {
      const call = filter as CallNode & { callee: { value?: unknown } };
      if (call.callee.value !== "default") for (const each of call.args) roles.filterArguments.add(expression(each));
    }
    for (const each of Object.values(node)) visit(each);
  };
  visit(program);
  return roles;
}

/** A value of the interpreter: its classes are not exported, but an environment makes them. */
function asValue(value: string | boolean): Value {
  return new Environment().set("value", value);
}

function isString(value: Value): value is Value & { value: string } {
  return value.type === "StringValue";
}

function isList(value: Value): value is Value & { value: Value[] } {
  return Array.isArray(value.value);
}

function isTrue(value: Value): boolean {
  return value.__bool__().value;
}

function elements(value: Value): Value[] {
  if (isList(value)) return value.value;
  if (value.type === "ObjectValue") return [...(value.value as Values).keys()].map(asValue);
  if (isString(value)) return Array.from(value.value, asValue);
  if (value.type === "UndefinedValue") return [];
  throw new Error(`cannot loop over ${value.type}`);
}

/** As Python compares; the library's == takes "" and false for equal. */
function isEqual(a: Value, b: Value): boolean {
  if (isList(a) && isList(b)) return a.value.length === b.value.length && a.value.every((item, i) => isEqual(item, b.value[i] as Value));
  const number = (value: Value) => (typeof value.value === "number" || typeof value.value === "boolean" ? Number(value.value) : null);
  if (number(a) !== null || number(b) !== null) return number(a) === number(b);
  return a.type === b.type && a.value === b.value;
}

function printed(value: Value): string {
  if (value.type === "NullValue") return "None";
  if (value.type === "BooleanValue") return value.value ? "True" : "False";
  return value.type === "UndefinedValue" ? "" : value.toString();
}

/** What Python's str.strip takes for space: not U+FEFF, which JavaScript's trim does. */
const pythonSpace =
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

function strip(text: string, method: string, characters: string = pythonSpace): string {
  const set = new Set(characters);
  const all = [...text];
  let start = 0;
  let end = all.length;
  if (method !== "rstrip") while (start < end && set.has(all[start])) start++;
  if (method !== "lstrip") while (end > start && set.has(all[end - 1])) end--;
  return all.slice(start, end).join("");
}
