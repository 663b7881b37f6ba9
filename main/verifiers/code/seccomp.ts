// The filter of system calls that every sandbox runs under (Linux on x86-64), as the BPF program that bwrap takes from a file
// descriptor. Namespaces keep a program from seeing the machine; this keeps the kernel's less trodden paths from it, and makes the
// limits whole: with no second process, a limit on one process is the limit on the sandbox. Threads stay, since programs that need a
// deep stack run in one. Refused calls fail with EPERM, so that Python raises PermissionError.

/** What no program under test needs, by number (x86-64 has its own table). */
const refused = {
  // Other processes.
  fork: 57,
  vfork: 58,
  ptrace: 101,
  process_vm_readv: 310,
  process_vm_writev: 311,
  kcmp: 312,
  // The network, AF_VSOCK and AF_NETLINK included, which a network namespace does not hold. Socket pairs stay, for asyncio.
  socket: 41,
  // Memory that no limit of the process counts.
  shmget: 29,
  semget: 64,
  msgget: 68,
  mq_open: 240,
  memfd_create: 319,
  // Namespaces, mounts and roots.
  unshare: 272,
  setns: 308,
  mount: 165,
  umount2: 166,
  pivot_root: 155,
  chroot: 161,
  // The kernel itself, its keys and its programs.
  syslog: 103,
  personality: 135,
  acct: 163,
  swapon: 167,
  swapoff: 168,
  reboot: 169,
  iopl: 172,
  ioperm: 173,
  init_module: 175,
  delete_module: 176,
  quotactl: 179,
  kexec_load: 246,
  add_key: 248,
  request_key: 249,
  keyctl: 250,
  perf_event_open: 298,
  name_to_handle_at: 303,
  open_by_handle_at: 304,
  finit_module: 313,
  kexec_file_load: 320,
  bpf: 321,
  userfaultfd: 323,
};
const clone = 56;
const cloneThread = 0x00010000;
/** The first number of Linux 5.1: io_uring, clone3, pidfds, new mounts, memfd_secret and all that is yet to come. */
const firstNewCall = 424;
const x32Bit = 0x40000000;
const auditArchX64 = 0xc000003e;

// BPF: 32-bit word of struct seccomp_data at an offset; jumps are counted in instructions from the next one.
const load = (offset: number) => [0x20, 0, 0, offset];
const jumpIfEqual = (value: number, ifTrue: number, ifFalse: number) => [0x15, ifTrue, ifFalse, value];
const jumpIfAtLeast = (value: number, ifTrue: number, ifFalse: number) => [0x35, ifTrue, ifFalse, value];
const jumpIfAnyBit = (value: number, ifTrue: number, ifFalse: number) => [0x45, ifTrue, ifFalse, value];
const give = (action: number) => [0x06, 0, 0, action];
const kill = 0x80000000;
const allow = 0x7fff0000;
const fail = (errno: number) => 0x00050000 | errno;
const EPERM = 1;
const ENOSYS = 38;

/** The program, 8 bytes an instruction. */
export function seccompFilter(): Uint8Array {
  const program = [
    load(4), // the architecture: 32-bit calls have other numbers
    jumpIfEqual(auditArchX64, 1, 0),
    give(kill),
    load(0), // the call's number
    jumpIfAtLeast(x32Bit, 0, 1),
    give(kill),
    // As on an older kernel: the C library then goes the older way.
    jumpIfAtLeast(firstNewCall, 0, 1),
    give(fail(ENOSYS)),
    ...Object.values(refused).flatMap((number) => [jumpIfEqual(number, 0, 1), give(fail(EPERM))]),
    jumpIfEqual(clone, 0, 3),
    load(16), // its flags
    jumpIfAnyBit(cloneThread, 1, 0),
    give(fail(EPERM)),
    give(allow),
  ];
  const bytes = new DataView(new ArrayBuffer(8 * program.length));
  for (const [i, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.setUint16(8 * i, code, true);
    bytes.setUint8(8 * i + 2, ifTrue);
    bytes.setUint8(8 * i + 3, ifFalse);
    bytes.setUint32(8 * i + 4, value, true);
  }
  return new Uint8Array(bytes.buffer);
}
