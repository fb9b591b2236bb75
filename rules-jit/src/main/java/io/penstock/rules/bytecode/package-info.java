/** What every generator of JVM bytecode shares: defining hidden classes, within the JIT compiler's limits. Control. */
package io.penstock.rules.bytecode;
