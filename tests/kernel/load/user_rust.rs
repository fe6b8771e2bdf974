// SPDX-License-Identifier: GPL-2.0-only
// user_rust COUNT : call functions and a method of Rust COUNT times each, with known arguments.

/// A value that the optimiser knows nothing of.
fn opaque<T: Copy>(value: T) -> T {
    unsafe { std::ptr::read_volatile(&value) }
}

mod shop {
    use super::opaque;

    pub struct Basket {
        pub count: i64,
    }
    impl Basket {
        #[inline(never)]
        pub fn add(&mut self, item: i32) -> i64 {
            self.count += opaque(item) as i64;
            self.count
        }
    }
    #[inline(never)]
    pub fn price(item: u32, discount: i16) -> i32 {
        opaque(item) as i32 * 2 + opaque(discount) as i32
    }
}

fn main() {
    let count: i64 = std::env::args().nth(1).expect("usage: user_rust COUNT").parse().expect("a number");
    let mut basket = shop::Basket { count: 0 };
    for _ in 0..count {
        opaque(shop::price(opaque(21), opaque(-2)));
        opaque(basket.add(opaque(3)));
    }
}
