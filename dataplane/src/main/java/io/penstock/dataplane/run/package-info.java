/**
 * A running data plane: its ports, workers and namespace put together, followed by the control thread, and taken down.
 * Control, but for the proxies that workers call.
 */
package io.penstock.dataplane.run;
