/**
 * IPv4 options as a forwarding kernel treats them: checked and filled in on receipt, source routes followed, and what
 * forwarding fills in. Hot: called per packet from worker threads, rarely; pure functions over memory and over one long
 * that is a packet's {@link io.penstock.dataplane.hot.options.OptionState}. Public: all but helpers.
 */
package io.penstock.dataplane.hot.options;
