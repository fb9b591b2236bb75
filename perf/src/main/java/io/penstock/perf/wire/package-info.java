/**
 * Traffic at the rates that Penstock is measured with: a generator and a sink that both run inside the kernel as XDP
 * programs, so that the frames cost the machine under test as little as possible. Control: threads make runs, the kernel
 * makes the frames.
 */
package io.penstock.perf.wire;
