/**
 * Examines the machine: whether Penstock can run here, how well, and what mends what is amiss. Changes nothing and needs no
 * privilege. Control; public is {@link io.penstock.dataplane.doctor.Doctor}.
 */
package io.penstock.dataplane.doctor;
