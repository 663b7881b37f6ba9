// Programs that try to get out of the sandbox, to use more than they may, or to earn a reward without solving anything. Used as data by
// attacks.test.ts, and by whoever has another boundary to try.
//
// An attack on the machine prints ESCAPED when it has succeeded, and its test expects just that, so a reward is an escape. What stands
// in ${braces} is put in by the test. With `control`, the same program is also run outside of any sandbox, where it must succeed: an
// attack that cannot succeed shows nothing. An attack on the test is a wrong answer to `secret(n)`.

export interface Attack {
  name: string;
  program: string;
  control?: true;
}

/** What the test puts in for ${name}. */
export interface Surroundings {
  /** A file with the word CANARY in it, readable by all, in a folder writable by all. */
  canary: string;
  folder: string;
  /** Where somebody listens: TCP on loopback, and an abstract Unix socket of this name. */
  port: string;
  socketName: string;
  /** Of the process that runs the sandboxes. */
  pid: string;
  home: string;
}

/** Runs attempts in order; prints ESCAPED when one does not raise. */
const unlessAllRaise = (...attempts: string[]) => `
def attempt(action):
    try:
        action()
        return True
    except (OSError, ImportError, AttributeError, ValueError, NameError):
        return False
${attempts.map((body) => `\ndef action():\n${body.replace(/^/gm, "    ")}\n\nif attempt(action):\n    print("ESCAPED")\n    raise SystemExit`).join("\n")}
`;

/** A system call by number must not succeed; the C library's own wrappers would hide some. */
const systemCall = (number: number, ...args: string[]) =>
  unlessAllRaise(`import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(${[number, ...args].map((arg) => `ctypes.c_long(${arg})`).join(", ")}) < 0:
    raise OSError(ctypes.get_errno())`);

export const machineAttacks: Attack[] = [
  // The user's files, environment and processes.
  { name: "reads a file of the host", control: true, program: unlessAllRaise(`assert "CANARY" in open("\${canary}").read()`) },
  { name: "lists the home folder", control: true, program: unlessAllRaise(`import os\nos.listdir("\${home}")`) },
  {
    name: "looks for a home, a root, a store",
    program: unlessAllRaise(
      ...["/home", "/root", "/var", "/etc", "/work", "/mnt", "/sys", "/run"].map((path) => `import os\nos.listdir("${path}")`),
    ),
  },
  { name: "reads the accounts", control: true, program: unlessAllRaise(`open("/etc/passwd").read()`) },
  {
    name: "reads the environment",
    control: true,
    program: `import os\nprint("ESCAPED" if "CANARY_IN_ENVIRONMENT" in os.environ or "bin" in os.environ.get("PATH", "") else "")`,
  },
  {
    name: "reads a process's environment",
    control: true,
    program: unlessAllRaise(`open("/proc/self/environ").read()`, `open("/proc/1/environ").read()`),
  },
  {
    name: "walks the processes",
    control: true,
    program: unlessAllRaise(`import os\nassert [name for name in os.listdir("/proc") if name.isdigit()]`),
  },
  { name: "writes beside the host's file", control: true, program: unlessAllRaise(`open("\${folder}/written", "w").write("x")`) },
  {
    name: "follows a link out of /tmp",
    control: true,
    program: `import os\n${unlessAllRaise(`os.path.lexists("/tmp/link-\${pid}") or os.symlink("\${folder}", "/tmp/link-\${pid}")\nopen("/tmp/link-\${pid}/linked", "w").write("x")`)}`,
  },
  {
    name: "climbs out of /tmp",
    program: unlessAllRaise(`open("/tmp/../../../..\${canary}").read()`, `import os\nos.link("/usr/bin/env", "/tmp/env")`),
  },
  // The network.
  {
    name: "connects to a server of this machine",
    control: true,
    program: unlessAllRaise(`import socket\nsocket.create_connection(("127.0.0.1", \${port}), timeout=1)`),
  },
  {
    name: "connects to a Unix socket of this machine",
    control: true,
    program: unlessAllRaise(`import socket\nsocket.socket(socket.AF_UNIX).connect("\\0\${socketName}")`),
  },
  {
    name: "asks for a name",
    program: unlessAllRaise(`import socket\nsocket.getaddrinfo("example.org", 80)`, `import socket\nsocket.gethostbyname("localhost.")`),
  },
  {
    name: "opens any socket",
    program: unlessAllRaise(
      ...[1, 2, 10, 16, 17, 38, 40].map((family) => `import socket\nsocket.socket(${family}, ${family === 40 ? 1 : 3})`),
    ),
  },
  // Other processes.
  { name: "forks", control: true, program: unlessAllRaise(`import os\nos.fork() or os._exit(0)`) },
  {
    name: "is a fork bomb",
    program: `import os\nwhile True:\n    try:\n        os.fork()\n        print("ESCAPED")\n    except OSError:\n        break`,
  },
  {
    name: "starts a process",
    control: true,
    program: unlessAllRaise(
      `import subprocess\nsubprocess.run(["/usr/bin/env"], capture_output=True)`,
      `import os\nos.posix_spawn("/usr/bin/env", ["env"], {})`,
      `import os\nif os.system("true"):\n    raise OSError`,
      `import multiprocessing\nmultiprocessing.Process(target=print).start()`,
    ),
  },
  {
    name: "leaves a child behind",
    program: `import os, time\ntry:\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            time.sleep(600)\nexcept OSError:\n    pass`,
  },
  {
    name: "leaves a thread behind",
    program: `import atexit, threading, time\natexit.register(time.sleep, 600)\nthreading.Thread(target=time.sleep, args=(600,)).start()`,
  },
  {
    name: "is a thread bomb",
    program: `import threading, time
threading.stack_size(65536)
count = 0
try:
    while count < 1000:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        count += 1
except RuntimeError:
    pass
print("ESCAPED" if count > 100 else "")`,
  },
  {
    name: "signals what it can",
    program: `import os, signal\nfor pid in (os.getppid(), \${pid}, 1, -1, 0):\n    try:\n        os.kill(pid, signal.SIGKILL)\n    except OSError:\n        pass`,
  },
  { name: "traces its parent", program: systemCall(101, "16", `\${pid}`, "0", "0") },
  { name: "asks to be traced", program: systemCall(101, "0", "0", "0", "0") },
  { name: "reads another process's memory", program: systemCall(310, "1", "0", "0", "0", "0", "0") },
  { name: "becomes root", program: unlessAllRaise(`import os\nos.setuid(0)`, `import os\nos.setgroups([0])`) },
  { name: "runs a program that makes root", program: `import os\nos.execv("/usr/bin/su", ["su", "-c", "echo ESCAPED"])` },
  // Namespaces, mounts, the kernel.
  { name: "unshares a user namespace", program: systemCall(272, "0x10000000") },
  { name: "clones into a user namespace", program: systemCall(56, "0x10000011", "0", "0", "0", "0") },
  { name: "clones the new way", program: systemCall(435, "0", "0") },
  { name: "mounts", program: systemCall(165, "0", "0", "0", "0", "0") },
  { name: "mounts the new way", program: systemCall(428, "0", "0", "0") },
  { name: "changes the root", program: unlessAllRaise(`import os\nos.chroot("/tmp")`) },
  {
    name: "opens the disk or memory",
    program: unlessAllRaise(...["/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/tty"].map((path) => `open("${path}", "rb")`)),
  },
  {
    name: "makes a device",
    program: unlessAllRaise(`import os\nos.mknod("/tmp/disk", 0o60600, os.makedev(8, 0))\nopen("/tmp/disk", "rb")`),
  },
  { name: "loads a BPF program", program: systemCall(321, "5", "0", "0") },
  { name: "sets up io_uring", program: systemCall(425, "1", "0") },
  { name: "opens a performance counter", program: systemCall(298, "0", "0", "-1", "-1", "0") },
  { name: "asks for the user's keys", program: systemCall(250, "0", "-3", "0") },
  { name: "opens a file by its handle", program: systemCall(304, "-100", "0", "0") },
  { name: "calls by a 32-bit number", program: systemCall(0x40000000 + 39) },
  {
    name: "types into the terminal",
    program: unlessAllRaise(
      `import fcntl\nfor fd in range(64):\n    try:\n        fcntl.ioctl(fd, 0x5412, b"x")\n        break\n    except OSError:\n        pass\nelse:\n    raise OSError`,
    ),
  },
  // Python's own ways to reach what a program was not given.
  {
    name: "reaches os through constructors",
    program: `for kind in ().__class__.__base__.__subclasses__():
    space = getattr(getattr(kind, "__init__", None), "__globals__", {})
    if "sys" in space:
        os = space["sys"].modules["os"]
        try:
            print("ESCAPED" if "CANARY" in os.popen("cat \${canary}").read() else "")
        except OSError:
            pass
        break`,
  },
  {
    name: "plants code where Python starts",
    control: true,
    program: unlessAllRaise(
      `open("\${folder}/sitecustomize.py", "w").write("x")`,
      `import json, os\nopen(os.path.join(os.path.dirname(json.__file__), "evil.pth"), "w")`,
      `import json\nopen(json.__cached__, "ab")`,
    ),
  },
  {
    name: "runs code of the user's",
    program: unlessAllRaise(
      `import sitecustomize`,
      `import usercustomize`,
      `import site\nsite.getusersitepackages()\nopen(site.getusersitepackages() + "/x.pth")`,
    ),
  },
  // More than its share. What it may not have raises; what it may have is taken with it.
  { name: "takes memory", program: `blocks = []\nfor _ in range(64):\n    blocks.append(bytearray(2**26))\nprint("ESCAPED")` },
  { name: "maps memory", program: `import mmap\nblocks = [mmap.mmap(-1, 2**30) for _ in range(8)]\nprint("ESCAPED")` },
  {
    name: "hides memory in files and segments",
    program: unlessAllRaise(`import os\nos.memfd_create("x")`, `open("/dev/shm/x", "w")`, `open("/dev/x", "w")`, `open("/x", "w")`),
  },
  { name: "makes a shared segment", program: systemCall(29, "0", "2**20", "0o1600") },
  { name: "raises its limits", program: unlessAllRaise(`import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))`) },
  {
    name: "fills the disk",
    program: `import os\ntry:\n    for i in range(100):\n        open("/tmp/%d" % i, "wb").write(bytes(2**22))\n    print("ESCAPED")\nexcept OSError:\n    pass`,
  },
  { name: "floods its output", program: `while True:\n    print("ESCAPED" * 10000)` },
  { name: "floods its errors", program: `import os\nwhile True:\n    os.write(2, bytes(65536))` },
  { name: "floods its channel", program: `import os\nwhile True:\n    os.write(3, bytes(65536))` },
  { name: "floods its channel with lines", program: `import os\nwhile True:\n    os.write(3, b"failed\\n" * 8192)` },
  { name: "runs for ever", program: `while True:\n    pass` },
  {
    name: "runs for ever, deaf to signals",
    program: `import signal\nfor number in range(1, 65):\n    try:\n        signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\nwhile True:\n    pass`,
  },
  { name: "sleeps", program: `import time\ntime.sleep(600)` },
  { name: "waits on a lock", program: `import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()` },
  { name: "matches a slow pattern", program: `import re\nre.match("(a+)+$", "a" * 100 + "b")` },
  {
    name: "unpacks a bomb",
    program: `import zlib\nblock = zlib.compress(bytes(2**24))\ntotal = b""\nwhile True:\n    total += zlib.decompress(block)`,
  },
  {
    name: "recurses for ever",
    program: `import sys\nsys.setrecursionlimit(2**31 - 1)\nsys.setswitchinterval(1000)\nclass Deep:\n    def __repr__(self):\n        return repr([self])\nrepr(Deep())`,
  },
  { name: "prints a huge number", program: `import sys\ngetattr(sys, "set_int_max_str_digits", print)(0)\nprint(str(7 ** 10 ** 7))` },
  { name: "crashes", program: `import ctypes\nctypes.string_at(0)` },
];

/** Answers to secret(n), which is n * 7919 % 104729 + 13: a program that does not know it must not pass. */
const cheat = (body: string, head = "") => `${head}\ndef secret(n):\n${body.replace(/^/gm, "    ")}\n`;

export const testAttacks: Attack[] = [
  {
    name: "returns what equals all",
    program: cheat(
      "return Yes()",
      "class Yes:\n    def __eq__(self, other):\n        return True\n    def __ne__(self, other):\n        return False",
    ),
  },
  ...["int", "str", "float", "list", "tuple", "dict", "bytes"].map((base) => ({
    name: `returns a ${base} that equals all`,
    program: cheat(
      "return Yes()",
      `class Yes(${base}):\n    __hash__ = ${base}.__hash__\n    def __eq__(self, other):\n        return True\n    def __ne__(self, other):\n        return False`,
    ),
  })),
  {
    name: "says that it is an int",
    program: cheat(
      "return Yes()",
      "class Yes:\n    __class__ = property(lambda self: int)\n    def __eq__(self, other):\n        return True\n    def __index__(self):\n        return 1",
    ),
  },
  { name: "returns a type, a function, an exception", program: cheat("return [int, print, ValueError][n % 3]") },
  { name: "returns a mock", program: cheat("return unittest.mock.ANY", "import unittest.mock") },
  { name: "returns a number that is none", program: cheat('return float("nan")') },
  { name: "returns true", program: cheat("return True") },
  {
    name: "returns a value that looks like a tag",
    program: cheat('return [{"returned": 1}, {"int": "0x1"}, {"dict": []}, {"tuple": [1], "set": [2]}][n % 4]'),
  },
  { name: "returns a list of itself", program: cheat("x = []\nx.append(x)\nreturn x") },
  { name: "returns what never ends", program: cheat("return itertools.count()", "import itertools") },
  { name: "returns too much", program: cheat("return 'x' * 2**27") },
  { name: "returns numbers that collide", program: cheat("return {i * (2**61 - 1): 0 for i in range(1000, 9000)}") },
  { name: "raises what a test raises", program: cheat("raise AssertionError") },
  { name: "raises StopIteration", program: cheat("raise StopIteration") },
  { name: "raises KeyboardInterrupt", program: cheat("raise KeyboardInterrupt") },
  {
    name: "raises what cannot be printed",
    program: cheat("raise Bad", "class Bad(Exception):\n    def __str__(self):\n        raise self"),
  },
  { name: "exits with 0", program: cheat("raise SystemExit(0)") },
  { name: "exits at once with 0", program: cheat("os._exit(0)", "import os") },
  { name: "exits while loading", program: "import os\nos._exit(0)" },
  { name: "leaves while loading", program: "import sys\nsys.exit(0)" },
  { name: "kills itself", program: cheat("os.kill(os.getpid(), 9)", "import os") },
  { name: "runs another program in its place", program: cheat('os.execv("/usr/bin/true", ["true"])', "import os") },
  { name: "prints every answer", program: cheat("print(*range(200000))") },
  { name: "prints what a checker might say", program: cheat('print("passed")\nprint(\'passed "all 5 tests pass"\')\nprint("OK")') },
  {
    name: "says the checker's words on every file descriptor",
    program: cheat(
      "for fd in range(64):\n    try:\n        os.write(fd, b'passed \"all tests pass\"\\n')\n    except OSError:\n        pass",
      "import os",
    ),
  },
  {
    name: "answers before it is asked",
    program: cheat("return 1", 'import os\nos.write(3, b\'loaded\\npassed "all"\\n{"returned":true}\\n\')'),
  },
  { name: "closes every file descriptor", program: cheat("os.closerange(0, 64)\nreturn 1", "import os") },
  {
    name: "reads what else is on its channel",
    program: cheat("return json.loads(os.read(3, 65536))['expected']", "import json, os\nos.set_blocking(3, False)"),
  },
  {
    name: "patches the harness",
    program: cheat(
      "return 1",
      "import sys\nmain = sys.modules['__main__']\nmain.encode = lambda value, depth=0: {'returned': True}\nmain.dumps = lambda value: 'passed \"all tests pass\"'",
    ),
  },
  {
    name: "patches builtins",
    program: cheat(
      "return 1",
      "import builtins, json\nbuiltins.len = lambda x: 0\nbuiltins.all = builtins.any = lambda x: True\njson.loads = lambda text: {}\nbuiltins.AssertionError = type('Never', (Exception,), {})",
    ),
  },
  {
    name: "walks the frames for the answer",
    program: cheat(
      "frame = sys._getframe()\nwhile frame:\n    for space in (frame.f_locals, frame.f_globals):\n        for name in ('expected', 'tests', 'cases', 'answer'):\n            if name in space:\n                return space[name]\n    frame = frame.f_back",
      "import sys",
    ),
  },
  {
    name: "searches all objects for the answer",
    program: cheat(
      "for thing in gc.get_objects():\n    if isinstance(thing, dict) and 'expected' in thing:\n        return thing['expected']\nreturn [value for value in gc.get_objects() if type(value) is list and len(value) == 5]",
      "import gc",
    ),
  },
  {
    name: "asks for the tests by import",
    program: cheat(
      "return tests",
      "import sys\ntests = getattr(sys.modules['__main__'], 'tests', None)\nsys.modules['tests'] = sys.modules['checker'] = sys.modules[__name__]",
    ),
  },
  {
    name: "audits the harness",
    program: cheat(
      "return found[-1]",
      "import sys\nfound = [0]\nsys.addaudithook(lambda event, args: found.append(str(args)))\nsys.settrace(lambda frame, event, arg: found.append(str(frame.f_locals)))",
    ),
  },
  { name: "answers with nothing that can be read", program: cheat("os.write(3, b'[' * 10**6 + b'\\n')\nreturn 1", "import os") },
  { name: "answers with an empty line, then many", program: cheat("os.write(3, b'\\n' * 10**5)\nreturn 1", "import os") },
  { name: "defines check itself", program: cheat("return 1", "def check(candidate):\n    pass\ncandidate = None") },
];
