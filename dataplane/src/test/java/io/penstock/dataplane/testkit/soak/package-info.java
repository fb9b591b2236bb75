/** Two workers that are given the packets of the same connections, and what must hold of all of them. */
package io.penstock.dataplane.testkit.soak;
