/**
 * Shows that the measurements find what they should ({@code bench prove}): each is made with a worsening of known size, and has to tell of it, and
 * again with none, and has to tell of none. Control threads; {@link io.penstock.perf.bench.prove.ProveCommand} is public for the list of commands.
 */
package io.penstock.perf.bench.prove;
