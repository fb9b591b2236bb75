/**
 * Network address translation: which tuple a connection gets, and what that means for its packets. Worker's threads. {@code NatWorker} settles
 * connections, {@code NatRewrite} writes packets; {@code NatSources} is what the workers of a namespace share.
 */
package io.penstock.conntrack.hot.nat;
