/* disk.c -- whether the disks are encrypted.
 *
 * A file system counts as encrypted when each path from its block device down to the disks meets
 * dm-crypt. The machine's disk does when that is true of / and of every other mounted block device
 * and swap partition, except what starts the machine (/boot, /efi), loop devices (files of another
 * file system) and optical disks. When the device below / cannot be found, as in a container, the
 * answer is not known. Disks that encrypt themselves, and what a hypervisor does below a virtual
 * disk, cannot be seen from here; of a btrfs over several disks only the one that was named when it
 * was mounted.
 */
#include "base/limits.h"
#include "collect/disk_priv.h"

#include <string.h>

enum { MOUNTINFO_HEAD = 6 };

static const char what[] = "disk encryption";

/* Majors of the kernel's devices.txt: memory, loop, optical disks. */
static const char *const skipped_devices[] = {"1:", "7:", "11:"};

static const char *const boot_folders[] = {"/boot", "/efi"};

/* Of dm-crypt's family these check blocks but hide nothing. */
static const char *const plain_uuids[] = {"CRYPT-VERITY", "CRYPT-INTEGRITY", "CRYPT-SUBDEV"};

static const char *const encryption_products[] = {"cryptsetup", "cryptsetup-bin"};

static void
add_mount(struct mounts *mounts, struct mount mount, struct arena *a)
{
	struct mount *kept = arena_alloc(a, sizeof(*kept));

	*kept = mount;
	if (mounts->last)
		mounts->last->next = kept;
	else
		mounts->first = kept;
	mounts->last = kept;
}

static bool
is_octal(char byte)
{
	return byte >= '0' && byte <= '7';
}

/* The kernel writes blanks, tabs, line feeds and backslashes as \ and three octal digits. */
static const char *
unescaped(struct str text, struct arena *a)
{
	char *plain = arena_alloc(a, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *p = text.ptr + i;

		if (*p == '\\' && text.len - i > 3 && is_octal(p[1]) && is_octal(p[2]) &&
		    is_octal(p[3])) {
			plain[len++] = (char)(unsigned char)((p[1] - '0') << 6 | (p[2] - '0') << 3 |
							     (p[3] - '0'));
			i += 3;
		} else {
			plain[len++] = *p;
		}
	}
	return plain;
}

/* Digits, a colon, digits: it becomes part of a path. */
static bool
is_device_number(struct str text)
{
	struct str major = str_cut(&text, ':');
	int64_t value;

	return str_int(major, &value) && value >= 0 && str_int(text, &value) && value >= 0;
}

/* "22 27 8:2 / /home rw,relatime shared:1 - ext4 /dev/sda2 rw" */
static bool
parse_mount(struct str line, struct arena *a, struct mount *ret_mount)
{
	struct str head[MOUNTINFO_HEAD], word, source;

	for (size_t i = 0; i < MOUNTINFO_HEAD; i++)
		head[i] = text_word(&line);
	do {
		word = text_word(&line);
	} while (word.ptr && !str_is(word, "-"));
	(void)text_word(&line);
	source = text_word(&line);
	if (!source.ptr || !is_device_number(head[2]))
		return false;
	*ret_mount = (struct mount){.point = unescaped(head[4], a),
				    .device = str_z(a, head[2]),
				    .source = unescaped(source, a)};
	return true;
}

size_t
disk_read_mounts(struct lines *l, struct arena *a, struct mounts *mounts)
{
	struct str line;
	size_t bad = 0;

	while (!arena_over(a) && lines_next(l, &line)) {
		struct mount mount;

		if (parse_mount(line, a, &mount))
			add_mount(mounts, mount, a);
		else
			bad++;
	}
	return bad;
}

/* Columns: name, type, and figures; the first line names them. A swap file lies in a file system
 * that is judged itself. */
size_t
disk_read_swaps(struct lines *l, struct arena *a, struct mounts *mounts)
{
	struct str line;
	size_t bad = 0;

	(void)lines_next(l, &line);
	while (!arena_over(a) && lines_next(l, &line)) {
		struct str name = text_word(&line);
		struct str type = text_word(&line);

		if (!type.ptr)
			bad++;
		else if (str_is(type, "partition"))
			add_mount(mounts,
				  (struct mount){.point = "swap",
						 .device = "0:0",
						 .source = unescaped(name, a)},
				  a);
	}
	return bad;
}

/* Number of the device that the device mapper calls `name`. */
static const char *
mapped_device(struct collection *c, const char *name)
{
	struct file_names blocks;
	struct err e;

	if (file_list(collection_path(c, "/sys/class/block"), "", c->arena, &blocks, &e))
		return NULL;
	for (size_t i = 0; i < blocks.count; i++) {
		const char *folder = arena_format(c->arena, "/sys/class/block/%s", blocks.names[i]);
		struct str found = {0};

		if (strncmp(blocks.names[i], "dm-", 3) == 0)
			found = collection_first_line(c,
						      arena_format(c->arena, "%s/dm/name", folder));
		if (found.ptr && str_is(found, name))
			return collection_first_line(c, arena_format(c->arena, "%s/dev", folder))
				.ptr;
	}
	return NULL;
}

/* Some file systems (btrfs), and swap, have no device number of their own, but a source that leads
 * to one. NULL: there is no device. The source itself: there is one, but it is not to be found. */
static const char *
device_of(struct collection *c, const struct mount *mount)
{
	static const char dev[] = "/dev/", mapper[] = "/dev/mapper/";
	const char *number;

	if (strncmp(mount->device, "0:", 2) != 0)
		return mount->device;
	if (strncmp(mount->source, dev, sizeof(dev) - 1) != 0 ||
	    strcmp(mount->source, "/dev/fuse") == 0)
		return NULL;
	if (strncmp(mount->source, mapper, sizeof(mapper) - 1) == 0)
		number = mapped_device(c, mount->source + sizeof(mapper) - 1);
	else
		number = collection_first_line(c, arena_format(c->arena, "/sys/class/block/%s/dev",
							       mount->source + sizeof(dev) - 1))
				 .ptr;
	return number && is_device_number(str_of(number)) ? number : mount->source;
}

static bool
hides_blocks(struct str uuid)
{
	if (!str_begins(uuid, "CRYPT-"))
		return false;
	for (size_t i = 0; i < COUNT_OF(plain_uuids); i++) {
		if (str_begins(uuid, plain_uuids[i]))
			return false;
	}
	return true;
}

/* `folder` is the device's in /sys. A partition stands on its disk, everything else on its slaves.
 */
static enum tri
device_encrypted(struct collection *c, const char *folder, int depth)
{
	struct file_names slaves = {0};
	enum tri all = YES;
	struct str uuid;
	struct err e;

	if (depth > LIMIT_DEVICE_DEPTH || !collection_has(c, folder))
		return UNKNOWN;
	uuid = collection_first_line(c, arena_format(c->arena, "%s/dm/uuid", folder));
	if (uuid.ptr && hides_blocks(uuid))
		return YES;
	if (collection_has(c, arena_format(c->arena, "%s/partition", folder)))
		return device_encrypted(c, arena_format(c->arena, "%s/..", folder), depth + 1);
	if (file_list(collection_path(c, arena_format(c->arena, "%s/slaves", folder)), "", c->arena,
		      &slaves, &e) ||
	    slaves.count == 0)
		return NO;
	for (size_t i = 0; i < slaves.count && all != NO; i++) {
		enum tri one = device_encrypted(
			c, arena_format(c->arena, "%s/slaves/%s", folder, slaves.names[i]),
			depth + 1);

		if (one != YES)
			all = one;
	}
	return all;
}

static bool
is_judged(const struct mount *mount, const char *device)
{
	for (size_t i = 0; i < COUNT_OF(skipped_devices); i++) {
		if (strncmp(device, skipped_devices[i], strlen(skipped_devices[i])) == 0)
			return false;
	}
	for (size_t i = 0; i < COUNT_OF(boot_folders); i++) {
		size_t len = strlen(boot_folders[i]);

		if (strncmp(mount->point, boot_folders[i], len) == 0 &&
		    (mount->point[len] == '\0' || mount->point[len] == '/'))
			return false;
	}
	return strncmp(mount->source, "/dev/zram", strlen("/dev/zram")) != 0;
}

static bool
is_listed(const struct filesystem *first, const char *device)
{
	for (const struct filesystem *f = first; f; f = f->next) {
		if (strcmp(f->device, device) == 0)
			return true;
	}
	return false;
}

/* One entry for each device, / first: containers mount the same one hundreds of times. */
static void
list_filesystem(struct collection *c, const struct mount *mount)
{
	const char *device = device_of(c, mount);
	struct filesystem *filesystem;

	if (!device || !is_judged(mount, device) || is_listed(c->filesystems, device))
		return;
	filesystem = arena_alloc(c->arena, sizeof(*filesystem));
	*filesystem = (struct filesystem){
		.mount = mount->point,
		.device = device,
		.encrypted = device_encrypted(
			c, arena_format(c->arena, "/sys/dev/block/%s", device), 0)};
	if (c->last_filesystem)
		c->last_filesystem->next = filesystem;
	else
		c->filesystems = filesystem;
	c->last_filesystem = filesystem;
}

/* The mount on top hides those of the same place before it. */
static const struct mount *
root_mount(const struct mounts *mounts)
{
	const struct mount *root = NULL;

	for (const struct mount *m = mounts->first; m; m = m->next) {
		if (strcmp(m->point, "/") == 0)
			root = m;
	}
	return root;
}

static enum tri
judge(struct collection *c, const struct mount *root)
{
	enum tri all = YES;

	if (!c->filesystems || strcmp(c->filesystems->mount, "/") != 0 ||
	    c->filesystems->encrypted == UNKNOWN) {
		collection_gap(c, what, "no block device is to be found below / (%s)",
			       root ? root->source : "not mounted");
		return UNKNOWN;
	}
	for (const struct filesystem *f = c->filesystems; f; f = f->next) {
		if (f->encrypted == NO)
			return NO;
		if (f->encrypted == UNKNOWN) {
			collection_gap(c, what, "device %s at %s is not to be found in /sys",
				       f->device, f->mount);
			all = UNKNOWN;
		}
	}
	return all;
}

static bool
read_table(struct collection *c, const char *path, struct mounts *mounts,
	   size_t (*read)(struct lines *l, struct arena *a, struct mounts *mounts))
{
	CLEANUP(lines_fini) struct lines l = {0};
	size_t bad;

	if (!collection_open(c, path, what, &l))
		return false;
	bad = read(&l, c->arena, mounts);
	collection_read(c, path, what, &l, bad);
	return true;
}

void
disk_probe(struct collection *c)
{
	struct mounts mounts = {0};
	const struct mount *root;

	if (!read_table(c, "/proc/self/mountinfo", &mounts, disk_read_mounts))
		return;
	if (collection_has(c, "/proc/swaps"))
		(void)read_table(c, "/proc/swaps", &mounts, disk_read_swaps);
	root = root_mount(&mounts);
	if (root)
		list_filesystem(c, root);
	for (const struct mount *m = mounts.first; m && !arena_over(c->arena); m = m->next)
		list_filesystem(c, m);
	c->endpoint.disk_encrypted = judge(c, root);
	for (size_t i = 0; i < COUNT_OF(encryption_products); i++) {
		if (c->endpoint.disk_encrypted == YES && !c->endpoint.encryption_product &&
		    packages_have(c, encryption_products[i]))
			c->endpoint.encryption_product = encryption_products[i];
	}
}

void
disk_facts(const struct collection *c, struct json_writer *w)
{
	size_t listed = 0;

	jw_key(w, "filesystems");
	jw_array(w);
	for (const struct filesystem *f = c->filesystems; f && listed < LIMIT_LIST_ITEMS;
	     f = f->next, listed++) {
		jw_object(w);
		if (text_is_clean(str_of(f->mount), LIMIT_FIELD_BYTES)) {
			jw_key(w, "mount");
			jw_text(w, str_of(f->mount));
		}
		if (text_is_clean(str_of(f->device), LIMIT_FIELD_BYTES)) {
			jw_key(w, "device");
			jw_text(w, str_of(f->device));
		}
		if (f->encrypted != UNKNOWN) {
			jw_key(w, "encrypted");
			jw_bool(w, f->encrypted == YES);
		}
		jw_end_object(w);
	}
	jw_end_array(w);
}
