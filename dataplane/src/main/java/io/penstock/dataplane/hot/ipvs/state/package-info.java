/**
 * The states of virtual services' connections and how long each lasts: functions of numbers, without objects. Workers ask, per packet; control
 * changes the timeouts and reads the names.
 */
package io.penstock.dataplane.hot.ipvs.state;
