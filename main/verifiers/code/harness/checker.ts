// Python, run in the checker's sandbox: runs the tests, with a stand-in for each function of the program that sends the arguments out
// and gets a plain value back. The program itself never comes here. Ends with one line on a channel that the program does not have:
// "passed", "failed" (the program's doing) or "broken" (the tests'), with a reason.
// `send` and `receive` (one line each) come from the runner.
export const checker = String.raw`
import builtins
import sys

FILE = "tests.py"


class Fault(BaseException):
    """The program gave nothing that a test can go on with. No Exception, so that no test swallows it."""


class Calls:
    def __init__(self):
        self.count = 0
        self.last = None
        self.error = None

    def stand_in(self, name):
        def call(*args, **kwargs):
            self.count += 1
            self.last = (name, args, kwargs, "gave nothing")
            send("call " + dumps({"name": name, "args": encode(list(args)), "kwargs": encode(kwargs)}))
            try:
                answer = json.loads(receive())
                ((how, body),) = answer.items()
                if how == "returned":
                    value = decode(body)
                elif how == "raised":
                    kind, text = map(str, body)
                else:
                    raise ValueError(how)
            except Exception:
                raise Fault("sent back what is no plain value") from None
            if how == "raised":
                self.last = (name, args, kwargs, "raised " + text)
                kind = getattr(builtins, kind, None)
                if isinstance(kind, type) and issubclass(kind, Exception):
                    try:
                        self.error = kind(text)
                    except TypeError:  # a UnicodeDecodeError takes five arguments
                        self.error = Exception(text)
                    raise self.error
                raise Fault("")
            self.last = (name, args, kwargs, "gave " + brief(value))
            return value

        return call

    def tell(self):
        if self.last is None:
            return ""
        name, args, kwargs, what = self.last
        shown = [brief(arg, 100) for arg in args] + ["%s=%s" % (key, brief(arg, 100)) for key, arg in kwargs.items()]
        return "%s(%s) %s" % (name, ", ".join(shown), what)


def brief(value, length=200):
    if isinstance(value, int) and abs(value) >= 10**60:
        return "an integer of %d bits" % value.bit_length()
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python prints, inside
        text = "a value that cannot be printed"
    return text if len(text) <= length else text[: length - 1] + "…"


def literal(text):
    try:
        return json.loads(text)
    except ValueError:
        import ast

        return ast.literal_eval(text)


def program_names(source, space, known):
    """The functions of the program that a piece of test code uses, beside those that are known."""
    import ast

    tree = ast.parse(source, FILE)
    used = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    unknown = [name for name in used if name not in space and not hasattr(builtins, name)]
    if unknown or not known.isdisjoint(used):
        return unknown
    # MBPP has functions with names of Python's own, such as sum: then it is what the assertion calls first.
    asserted = [node.test for node in tree.body if isinstance(node, ast.Assert)]
    calls = [node.func for test in asserted for node in ast.walk(test) if isinstance(node, ast.Call)]
    return [function.id for function in calls[:1] if isinstance(function, ast.Name)]


def compiled(source):
    return compile(source, FILE, "exec")


def failing_line(error, source):
    line, trace = None, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    lines = source.split("\n")
    return lines[line - 1].strip() if line and line <= len(lines) else ""


def numpy_stand_in():
    """The few names of NumPy that EvalPlus's tests use, on plain values: no NumPy is in the sandbox, nor comes out of it."""

    def close(a, b, rtol, atol, equal_nan):
        if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
            return len(a) == len(b) and all(close(x, y, rtol, atol, equal_nan) for x, y in zip(a, b))
        return a == b or abs(a - b) <= atol + rtol * abs(b) < float("inf") or (equal_nan and a != a and b != b)

    def allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
        return close(a, b, rtol, atol, equal_nan)

    def assert_allclose(a, b, rtol=1e-7, atol=0, equal_nan=True):
        assert close(a, b, rtol, atol, equal_nan)

    numpy = type(sys)("numpy")
    numpy.ndarray = numpy.float32 = numpy.float64 = type("ndarray", (), {})
    numpy.inf, numpy.nan = float("inf"), float("nan")
    numpy.allclose = allclose
    numpy.testing = type(sys)("numpy.testing")
    numpy.testing.assert_allclose = assert_allclose
    sys.modules["numpy"], sys.modules["numpy.testing"] = numpy, numpy.testing


def check(tests, calls):
    """HumanEval: the prompt, which may have helpers that the test uses, then check(candidate)."""
    space = {"__name__": "tests"}
    try:
        exec(compiled(tests["prompt"]), space)
    except SyntaxError:  # a head without a docstring
        exec(compiled(tests["prompt"] + "\n    pass\n"), space)
    space[tests["entryPoint"]] = calls.stand_in(tests["entryPoint"])
    yield tests["test"]
    exec(compiled(tests["test"]), space)
    if calls.count == 0:  # EvalPlus calls check itself at the end
        space["check"](space[tests["entryPoint"]])


def asserts(tests, calls):
    space = {"__name__": "tests"}
    exec(compiled(tests["setup"]), space)
    known = set()
    for source in tests["asserts"]:
        for name in program_names(source, space, known):
            known.add(name)
            space[name] = calls.stand_in(name)
        yield source
        exec(compiled(source), space)


def call_cases(tests, calls):
    function = calls.stand_in(tests["entryPoint"])
    for case in tests["cases"]:
        args, expected = [literal(arg) for arg in case["args"]], literal(case["expected"])
        yield ""
        value = function(*args)
        if isinstance(value, tuple):  # LiveCodeBench takes a tuple for a list
            value = list(value)
        assert value == expected, "not " + brief(expected)


def main():
    send("started")
    tests = json.loads(receive())
    text = dumps(tests)
    if "numpy" in text:
        numpy_stand_in()
    if "random" in text:  # tests that draw their inputs draw the same ones each time
        import random

        random.seed(0)
    calls, source, number = Calls(), "", 0
    try:
        for source in {"check": check, "asserts": asserts, "calls": call_cases}[tests["kind"]](tests, calls):
            number += 1
        if calls.count == 0:
            return "broken", "the tests never call the program"
        return "passed", "all tests pass (%d calls)" % calls.count if tests["kind"] == "check" else "all %d tests pass" % number
    except BaseException as error:
        said = str(error) if isinstance(error, (AssertionError, Fault)) else "%s: %s" % (type(error).__name__, error)
        if calls.count == 0:
            return "broken", said
        told = [failing_line(error, source), calls.tell(), "" if error is calls.error else said]
        at = "" if tests["kind"] == "check" else "test %d of %d: " % (number, len(tests.get("cases") or tests["asserts"]))
        return "failed", at + "; ".join(part[:600] for part in told if part)


verdict, reason = main()
send(verdict + " " + dumps(reason[:1500]))
`;
