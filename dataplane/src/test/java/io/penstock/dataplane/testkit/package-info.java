/** What tests of the data plane share: an engine without devices, and packets for it. */
package io.penstock.dataplane.testkit;
