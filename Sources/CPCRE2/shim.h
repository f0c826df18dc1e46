// PCRE2 has three APIs for three code unit widths; Faultline matches bytes, so the 8-bit one.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
