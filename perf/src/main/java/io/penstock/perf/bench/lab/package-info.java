/**
 * {@code bench all} and {@code bench report}: one run that measures this machine, Penstock on it and the peers installed on it, and the
 * report about it. Control. Measures nothing itself: every figure comes from a child process, another bench command with {@code --json}.
 *
 * <pre>
 *   Plan ----> Laboratory ----> Journal ----> Findings ----> LabReport
 *   what        one child        a file for    figures with   budgets, charts,
 *   in which    after the        each result   their spread   tables, machine
 *   order       other
 * </pre>
 */
package io.penstock.perf.bench.lab;
