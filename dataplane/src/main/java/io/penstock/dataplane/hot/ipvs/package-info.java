/**
 * Virtual services on the path: connections to servers, found or begun per packet, and sent on. Workers.
 */
package io.penstock.dataplane.hot.ipvs;
