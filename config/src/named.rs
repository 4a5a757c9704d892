//! Defines an enum whose variants have names, as used in flags and files.

macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type { $($(#[$variant_doc])* $variant,)+ }

        impl $type {
            /// Every choice.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name that flags and files use.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, out: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                out.write_str(self.name())
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $crate::ParseValueError;

            fn from_str(text: &str) -> Result<Self, $crate::ParseValueError> {
                $crate::ParseValueError::choose(text, &[$(($name, Self::$variant),)+])
            }
        }
    };
}

pub(crate) use named;
