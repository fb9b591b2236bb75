/** Network address translation: which tuple a connection gets, and what that means for its packets. */
package io.penstock.conntrack.hot.nat;
