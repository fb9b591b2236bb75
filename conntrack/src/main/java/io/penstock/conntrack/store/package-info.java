/**
 * The connections that workers track, as commands see and change them: the store over the live tables, events, and the sysctls' places.
 * Control threads; what only workers may do is handed to them ({@link io.penstock.conntrack.store.WorkerTasks}).
 */
package io.penstock.conntrack.store;
