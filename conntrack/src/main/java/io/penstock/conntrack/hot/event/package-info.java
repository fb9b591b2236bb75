/** What happens to connections on its way from a worker to whoever listens. Workers write, one control thread reads. */
package io.penstock.conntrack.hot.event;
