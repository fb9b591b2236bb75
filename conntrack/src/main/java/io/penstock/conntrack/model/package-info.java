/**
 * Connections as values for control code: snapshots of entries, what is asked of them, the store that commands act on, and the sysctls.
 * Control threads; all is public.
 */
package io.penstock.conntrack.model;
