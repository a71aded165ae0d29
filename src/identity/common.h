/* common.h -- passwords that everybody tries first. */
#ifndef IDENTITY_COMMON_H
#define IDENTITY_COMMON_H

#include "base/str.h"

/* Whether all that the password has is a word of content/common-passwords.txt: capitals, the usual
 * letters for digits and signs (p@ssw0rd), and digits and signs at either end count for nothing,
 * and a word over and over is that word. */
bool password_is_common(struct str password);

#endif
