/** Procedures of RFCs for devices between networks, and how far generator and sink themselves go. */
package io.penstock.perf.bench.procedure;
