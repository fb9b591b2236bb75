/** IP sets for measuring, made up: the same for every run; addresses that are in them and that are not, and packets of them. */
package io.penstock.perf.sets;
