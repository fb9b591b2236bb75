/** The registry of hook functions: who registered what where, and the sets that follow from it. Control. */
package io.penstock.dataplane.hooks;
