// Python, run in the candidate's sandbox: runs the program that a model wrote. It is told the arguments of one call at a time, or the
// input of one run, and nothing of what is expected; whatever the program does to this code, the worst it can send is a wrong value.
// `send` and `receive` (one line each) come from the runner.
export const candidate = `
import os
import sys


def describe(error):
    try:
        text = "%s: %s" % (type(error).__name__, error)
    except BaseException:
        text = type(error).__name__
    return text[:300]


def base_name(error):
    """The nearest of the exception's classes that every Python has, so that a test may expect it."""
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")


def load(name, sources):
    module = type(sys)(name)
    sys.modules[name] = module
    for source in sources:
        exec(compile(source, "program.py", "exec"), module.__dict__)
    return module


def find(module, name):
    """A function of the program, or a method of its class Solution, as LeetCode's starters have it."""
    if name in module.__dict__ or "Solution" not in module.__dict__:
        return getattr(module, name)
    if "solution of the class" not in module.__dict__:
        module.__dict__["solution of the class"] = module.Solution()
    return getattr(module.__dict__["solution of the class"], name)


def serve(sources):
    try:
        module = load("candidate", sources)
    except BaseException as error:
        return send("failed " + dumps(describe(error)))
    send("loaded")
    while True:
        request = json.loads(receive())
        try:
            args, kwargs = decode(request["args"]), decode(request["kwargs"])
            answer = {"returned": encode(find(module, request["name"])(*args, **kwargs))}
        except BaseException as error:
            answer = {"raised": [base_name(error), describe(error)]}
        send(dumps(answer))


def run(sources, text):
    # A file, so that every way to read standard input works, os.read(0, n) and open(0) included.
    with open("/tmp/input", "w+b") as file:
        file.write(text.encode("utf-8", "replace"))
        file.seek(0)
        os.dup2(file.fileno(), 0)
    os.unlink("/tmp/input")
    try:
        load("__main__", sources)
    except SystemExit:
        pass
    except BaseException as error:
        send("failed " + dumps(describe(error)))
        sys.exit(1)


def main():
    # Left out with the site module, which would look for packages of the user; programs do use them.
    import builtins

    builtins.exit = builtins.quit = sys.exit
    sys.path[:] = [path for path in sys.path if path]
    send("started")
    task = json.loads(receive())
    if "input" in task:
        run(task["sources"], task["input"])
    else:
        serve(task["sources"])


main()
`;
