/** Schedulers: which server a new connection goes to. Workers ask, per connection. */
package io.penstock.dataplane.hot.ipvs.schedule;
