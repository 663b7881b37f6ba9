// Python, run inside the sandboxes: how a value crosses from one process to the other. As JSON, with a tag for what JSON lacks, so
// that only exact builtins ever arrive: a subclass comes as its base, with its own __eq__ left behind, and any other object not at
// all. Python's standard library has no such format (pickle and marshal can run code or crash on hostile bytes).
export const literals = `
import json

DEEPEST = 60


def encode(value, depth=0):
    """A plain value as what json.dumps takes. ValueError when it is nested too deep, TypeError when it is not plain."""
    if depth > DEEPEST:
        raise ValueError("nested deeper than %d" % DEEPEST)
    if value is None or value is True or value is False:
        return value

    def each(items):
        return [encode(item, depth + 1) for item in items]

    if isinstance(value, int):
        value = int.__index__(value)
        return value if abs(value) < 2**63 else {"int": hex(value)}
    if isinstance(value, float):
        value = float.__float__(value)
        return value if value - value == 0 else {"float": repr(value)}
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, list):
        return each(list.__iter__(value))
    if isinstance(value, tuple):
        return {"tuple": each(tuple.__iter__(value))}
    if isinstance(value, dict):
        return {"dict": each(dict.items(value))}
    if isinstance(value, set):
        return {"set": each(set.__iter__(value))}
    if isinstance(value, frozenset):
        return {"frozenset": each(frozenset.__iter__(value))}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": bytes(value).hex()}
    if isinstance(value, complex):
        return {"complex": each([value.real, value.imag])}
    if isinstance(value, range):
        return {"range": each([value.start, value.stop, value.step])}
    if hasattr(value, "__next__") or isinstance(value, (type({}.keys()), type({}.values()), type({}.items()))):
        return {"iterator": each(item for item, _ in zip(value, range(1000000)))}
    raise TypeError("%s is no plain value" % type(value).__name__)


def decode(node, depth=0):
    """The value that encode was given, or ValueError, TypeError for what encode cannot have written."""
    if depth > 2 * DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(node, list):
        return [decode(item, depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    ((tag, body),) = node.items()
    if tag == "int":
        return int(body, 16)
    if tag == "float":
        return float(body)
    if tag == "bytes":
        return bytes.fromhex(body)
    items = decode(body, depth + 1)
    if type(items) is not list:
        raise ValueError("not a list")
    if tag == "dict":
        return dict(items)
    make = {"tuple": tuple, "set": set, "frozenset": frozenset, "iterator": iter}.get(tag)
    if make:
        return make(items)
    return {"complex": complex, "range": range}[tag](*items)


def dumps(value):
    return json.dumps(value, separators=(",", ":"))
`;
