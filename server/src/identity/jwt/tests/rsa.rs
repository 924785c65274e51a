//! Tokens of one RSA key, made by OpenSSL, whose private half was thrown away. Their claims are
//! `{"sub":"42","name":"Ann","role":"moderator","exp":2000000000}`.

/// The public half.
pub(super) const PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuTwZUqLRgG19g2lC9l2h
djltIjXnJratAVFM8D2j48/BBVko2/zfNv4FMapH3SnVcyZ/PH5W7jdEw9T1dDSN
/Tuv8c7/FhArn3WtGIchKqYb/0XnN5X5mjpIjupUwdG7d8aa3GWpuC32ZmVATzVr
92GxZruLegYbe1pWbl/F+kyxeLDxQw0zdteQDW/csHvq6bnXfN/M+iqCwFGgmke5
yg2ikKtrdRShqhLp7bUtLpj+nyWKGQJ9d8VDa0167X+17l5JUIrIoMCvIGOJq4UI
8A5uL4Xq2IpbVDqAWpJN2ZHDGI6hYSanULpTYARWhtrnQysN1E9MU4tVSvkxNgFF
WwIDAQAB
-----END PUBLIC KEY-----
";

/// The same as PKCS #1.
pub(super) const PUBLIC_PKCS1: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAuTwZUqLRgG19g2lC9l2hdjltIjXnJratAVFM8D2j48/BBVko2/zf
Nv4FMapH3SnVcyZ/PH5W7jdEw9T1dDSN/Tuv8c7/FhArn3WtGIchKqYb/0XnN5X5
mjpIjupUwdG7d8aa3GWpuC32ZmVATzVr92GxZruLegYbe1pWbl/F+kyxeLDxQw0z
dteQDW/csHvq6bnXfN/M+iqCwFGgmke5yg2ikKtrdRShqhLp7bUtLpj+nyWKGQJ9
d8VDa0167X+17l5JUIrIoMCvIGOJq4UI8A5uL4Xq2IpbVDqAWpJN2ZHDGI6hYSan
ULpTYARWhtrnQysN1E9MU4tVSvkxNgFFWwIDAQAB
-----END RSA PUBLIC KEY-----
";

/// Of another key, with 1,024 bits.
pub(super) const SMALL: &str = "\
-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDXaS93WIgU4npxDFIfnYy309XA
o/7GjxAY4kIvAN7Z2paOhM9sVwPKvWXxFrUk07sdickOTbhIHKjytXOpI34+rSpy
xqbC+p8YNynkDvLsJ/vbi1zIFr/yMSRI2TsKb8L2i0QeXS+YMsLnAVRfoGSPKh7w
whWHqBtjbCqrKE94lwIDAQAB
-----END PUBLIC KEY-----
";

/// What its issuer should make.
pub(super) const RS256: &str = "\
    eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsIm5hbWUiOiJBbm4iLCJyb2xlIjoibW9kZXJhd\
    G9yIiwiZXhwIjoyMDAwMDAwMDAwfQ.QqEzktfNSWwgDRKFuISud8xW0zcyFxjsBmUtSNwaI48rnaVMqkpKBbBB01K3\
    4axORaWAWSrNHoadDX5EgzRagU_xp0NgfdznM35Ky2S6A3UyfiHiu7g6UFtz8PLmSi4bMPP5ighy-t4DeBtJVEF3My\
    WQAaGJl3Syj1cFEAKe3xEDl4Ixnf60FENTO3hvg9y2BqyT-NfJ8Hhz_2Frig51d5Ec32eONAm3DfuFcP-m6LGTYgpN\
    -ClWGdLHRzCwYRYsAqfrsHY7NYEUSzIkW6KeE39Hc9yX9EF-GTyZSeWCLu91cnJFKugS28z-nutzB2fCkoifBiaCll\
    E3tYBgDNpuoA";

/// The right key, and another algorithm of its family.
pub(super) const RS512: &str = "\
    eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsIm5hbWUiOiJBbm4iLCJyb2xlIjoibW9kZXJhd\
    G9yIiwiZXhwIjoyMDAwMDAwMDAwfQ.skkYqHaDafx9zqVBVj0FSK-BAhl1hd67gQOC0K8C0PMex0WYVwcsdmpouj6F\
    4CT_PYnRMvnguYQvGYrk1kjTXGtwtQ0GiypHey_yFLgNTCHp6lxEJpnXUQPsrAryw0KSebCZ4c76a64EJQ_RD53iJy\
    -lflPclTiDvoe8z2ggivBjO42u2oMFaJE9TKjx2zVJdU99DeNucoLIdj9fctU_W4U2wsRKBT6uhB7nej3l7FdQPUR7\
    5qUGLND6eRPETAXWekDivcuMK-wayQ0uIQ4srYSKFXjIu1SSSTJmc4SSWILjhQSY2ByuazPAnxcTtw0tM_M0F4OIXd\
    uIRq5mMoNC-Q";

/// The right key, and another way to sign with it.
pub(super) const PS256: &str = "\
    eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsIm5hbWUiOiJBbm4iLCJyb2xlIjoibW9kZXJhd\
    G9yIiwiZXhwIjoyMDAwMDAwMDAwfQ.TfXaZfGUwbILq6FNmtgbEeY2xLVb-qel5fnZRllZH_bJH9kQ9veeapJLJ04q\
    E2XoGWJD-9aMitSWeI64PaegzPTS9lT2gGbveJYCAK2H_aGq4tpS9CktUn1aBbyswGgOCKb_MuMFKHz6xOGGs4AHCx\
    cjIGqp9UzwT9AfCHoY7bpuS2bb8Vo32qhhOA4sbK7gGwSIeYs7gkolqM_w6rq3Vd5HN1rXxdzfnl2V6S8rn197pyl1\
    82mff01OPtWU4UT8ZPdJBRUwZJc-sCgaiJIGBtZZ8N4388nag04nTqGpBGvc2VxXF8-OmGin7rAmRG8GRtKToZc65f\
    ACsLlQVxZe_A";
