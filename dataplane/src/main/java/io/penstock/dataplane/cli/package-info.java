/**
 * The command line: what each command reads, prints and returns. Control. Results go to standard output, everything else to
 * standard error; the exit codes are those of {@link io.penstock.dataplane.cli.ExitCode}.
 */
package io.penstock.dataplane.cli;
