/**
 * Where a worker's time goes, stage by stage and method by method, and what the JIT compiler has made of it ({@code penstock profile}): samples and
 * compilations that the JVM itself records. Control threads; {@link io.penstock.perf.bench.profile.ProfileCommand} is public for the command line.
 */
package io.penstock.perf.bench.profile;
