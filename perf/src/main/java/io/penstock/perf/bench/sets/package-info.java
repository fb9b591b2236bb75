/** Sets: what asking, adding, restoring and an entry's memory cost. */
package io.penstock.perf.bench.sets;
