/**
 * Cuts packets into fragments on output. Hot: called from worker threads for packets that are larger than the way they
 * leave by; pure functions over memory, which write one fragment at a time where the caller says. Public: all.
 */
package io.penstock.dataplane.hot.fragment;
