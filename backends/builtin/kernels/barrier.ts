/** How often a thread looks whether the others have come before it sleeps: some 50 µs. */
const SPINS: i32 = 4000;

/** Where threads meet: how many have come, and how often all have. In shared memory. */
@unmanaged
export class Barrier {
  arrived: i32;
  passed: i32;
}

/**
 * Waits until all threads have come.
 *
 * @param mayWait whether this thread may sleep, which the main thread of a browser may not
 */
export function meet(barrier: usize, threads: i32, mayWait: bool): void {
  if (threads === 1) return;
  const passed = barrier + offsetof<Barrier>("passed");
  const before = atomic.load<i32>(passed);
  if (atomic.add<i32>(barrier, 1) === threads - 1) {
    atomic.store<i32>(barrier, 0);
    atomic.add<i32>(passed, 1);
    atomic.notify(passed, threads);
    return;
  }
  for (let spin = 0; spin < SPINS; spin++) {
    if (atomic.load<i32>(passed) !== before) return;
  }
  while (atomic.load<i32>(passed) === before) {
    if (mayWait) atomic.wait<i32>(passed, before, -1);
  }
}
