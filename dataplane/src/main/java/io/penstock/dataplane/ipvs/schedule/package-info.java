/** Makes schedulers: their names, and the tables that some choose from. Control. */
package io.penstock.dataplane.ipvs.schedule;
