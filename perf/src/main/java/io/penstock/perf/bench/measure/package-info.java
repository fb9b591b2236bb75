/** What measurements of every kind are made with: other JVMs, a thread on a CPU of its own, what was taken from it, the JVM's log, spread. */
package io.penstock.perf.bench.measure;
