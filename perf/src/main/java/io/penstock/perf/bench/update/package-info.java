/** What a change under load costs the worker. */
package io.penstock.perf.bench.update;
