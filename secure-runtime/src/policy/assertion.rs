//! Assertions about policies, checked when the program is compiled.

/// Asserts, when the program is compiled, something about the policies of named handlers.
///
/// The condition is spliced into a `const` block, so it may call the const methods of
/// [`RoutePolicy`](crate::policy::RoutePolicy) and nothing that needs run time.
///
/// ```
/// use actix_web::Responder;
/// use secure_runtime::{assert_policy, prelude::*};
///
/// #[derive(Role)]
/// pub enum Role {
///     Admin,
/// }
///
/// #[delete("/users/{id}")]
/// #[protected(roles = "admin")]
/// async fn delete_user() -> impl Responder {
///     "gone"
/// }
///
/// assert_policy!(delete_user; |policy| policy.needs_role("admin"));
/// # fn main() {}
/// ```
///
/// A condition that does not hold is a compile error:
///
/// ```compile_fail
/// # use actix_web::Responder;
/// # use secure_runtime::{assert_policy, prelude::*};
/// #[get("/health")]
/// #[public]
/// async fn health() -> impl Responder {
///     "ok"
/// }
///
/// assert_policy!(health; |policy| policy.is_protected());
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! assert_policy {
    ($($handler:path),+ $(,)? ; |$policy:ident| $condition:expr $(,)?) => {
        const _: () = {
            $({
                let $policy: &$crate::policy::RoutePolicy =
                    &<$handler as $crate::policy::Policy>::POLICY;
                if !$condition {
                    ::core::panic!(::core::concat!(
                        "the policy of `", ::core::stringify!($handler),
                        "` breaks the assertion `", ::core::stringify!($condition), "`"
                    ));
                }
            })+
        };
    };
}
