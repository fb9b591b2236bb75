/** A class at the wrong end of an arrow, for the test of the arrows. */
package io.penstock.os.archfixture;
