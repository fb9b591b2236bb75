/**
 * Results that are kept, for later versions to be compared with ({@code bench keep}): a fixed list of measurements, a file each, in a folder of the kind of
 * machine. Control threads; {@link io.penstock.perf.bench.keep.KeepCommand} is public for the list of commands.
 */
package io.penstock.perf.bench.keep;
