/**
 * Rules and flows that are made up to be measured, the same for every run, for {@code bench engine --rules}, its peers, JMH and tests;
 * and a table that packets in memory are put to without a pipeline around it. Control, but for {@link io.penstock.perf.rules.TableLoop}.
 */
package io.penstock.perf.rules;
