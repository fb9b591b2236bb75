/** What commands, checks and the data plane say to each other about virtual services: values, as netlink's attributes of IPVS are. Control. */
package io.penstock.dataplane.ipvs.model;
